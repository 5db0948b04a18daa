"""How a file comes to be, is read and is set aside: in a folder, or in an object store."""
