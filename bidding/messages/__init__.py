"""Messages to people: in the product itself, by e-mail and SMS, and where there is neither by a person's hand."""
