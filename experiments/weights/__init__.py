"""What a model that MLflow holds made of the data of one person, where its parameters can be told apart."""
