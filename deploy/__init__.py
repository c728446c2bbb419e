"""What it takes to run Sunfair: on one machine, in compose, on a cluster."""
