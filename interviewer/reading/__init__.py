"""What people hand in, read: files into text, job descriptions, résumés."""
