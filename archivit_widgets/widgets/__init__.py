"""The anywidget models, and still pictures drawn without a page."""
