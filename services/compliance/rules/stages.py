"""The five moments at which the gate is asked."""

from typing import Literal, get_args

Stage = Literal["listing", "filing", "golive", "onair", "post"]
STAGES: tuple[Stage, ...] = get_args(Stage)
