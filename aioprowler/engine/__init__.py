"""The engine: from the selected checks to operations, from replies to verdicts."""
