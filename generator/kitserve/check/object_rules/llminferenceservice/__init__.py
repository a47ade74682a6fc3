"""Rules for LLMInferenceServices that a CRD can't express."""
