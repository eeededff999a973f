"""From a paid order to its parcels: `dispatch`, `label`, `withdraw`."""
