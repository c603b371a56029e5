"""Measurements: each figure beside a floor or a baseline of the same run, for these machines are noisy."""
