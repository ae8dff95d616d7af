"""Pages of licensing: who works as what, queues, QA forms, licences."""
