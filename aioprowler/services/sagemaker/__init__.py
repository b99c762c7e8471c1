"""Amazon SageMaker AI: notebooks, training, models and what they are deployed with."""
