"""Acme's module: in which city each person is, kept by Consilium's facts and told as facts of its own."""
