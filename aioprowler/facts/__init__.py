"""What is known of AWS's services besides botocore's models: plain data, each fact with its source."""
