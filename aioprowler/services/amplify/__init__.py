"""AWS Amplify Hosting: apps and their branches."""
