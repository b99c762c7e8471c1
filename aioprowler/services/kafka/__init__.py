"""Amazon Managed Streaming for Apache Kafka (MSK), and MSK Connect."""
