"""States, arithmetic and the assembling of facts: values in, values out, no database, no clock."""
