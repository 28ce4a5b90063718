"""The register of uses: how far each is examined, as a document, and what is due."""
