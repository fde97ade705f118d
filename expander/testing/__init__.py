"""Tests of configurations: scenarios of given facts, steps and expectations."""
