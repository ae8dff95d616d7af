from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import CharField, Field
from django.db.models.expressions import Combinable
from djmoney.money import Money

_ST_contra = TypeVar("_ST_contra", contravariant=True, default=Money | Decimal | int | Combinable)
_GT_co = TypeVar("_GT_co", covariant=True, default=Money)

class MoneyField(Field[_ST_contra, _GT_co]):
    _pyi_private_set_type: Money | Decimal | int | Combinable
    _pyi_private_get_type: Money
    def __init__(
        self,
        verbose_name: str | None = ...,
        *,
        default: Any = ...,
        default_currency: str | None = ...,
        currency_choices: Any = ...,
        currency_max_length: int = ...,
        currency_field_name: str | None = ...,
        max_digits: int | None = ...,
        decimal_places: int | None = ...,
        **options: Any,
    ) -> None: ...

class CurrencyField(CharField[str, str]): ...
