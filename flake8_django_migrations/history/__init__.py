"""What the migrations before this one have made, in Django's own nouns and verbs."""
