"""The short way to DynamoDB: a client of boto3's whose item operations are built, signed and sent by this package."""
