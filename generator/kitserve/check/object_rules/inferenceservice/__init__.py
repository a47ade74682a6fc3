"""What a CRD can't say of InferenceServices."""
