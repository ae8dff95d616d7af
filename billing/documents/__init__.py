"""What is sent to customers: invoices as PDF and the letters around them."""
