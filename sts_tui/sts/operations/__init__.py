"""What does each operation of STS do? One file per operation; `table` lists them."""
