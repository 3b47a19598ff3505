"""Reading a shop's exported table: lines, columns, cells, orders."""
