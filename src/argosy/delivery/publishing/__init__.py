"""One process of a machine makes the promise boards of all hubs that have stock; if it ends, another takes over. No tables."""
