"""netlm: prepares the tumour board for patients with neuroendocrine tumour liver metastases."""
