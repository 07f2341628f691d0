"""Forms of people and of what is known of them."""
