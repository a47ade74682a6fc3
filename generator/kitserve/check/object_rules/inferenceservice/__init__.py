"""Rules for InferenceServices that a CRD can't express."""
