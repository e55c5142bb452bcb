"""How are named tuples declared so that importing them takes little time?

`typing.NamedTuple` compiles each annotation and a constructor when a module is imported: 0.3 ms for a class,
and a single request imports two dozen. This one compiles the constructor when the first value is made. The
declaration is the same, but its module must have `from __future__ import annotations`, and `Generic` cannot
be a base.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import (
        _tuplegetter,
    )  # from any named tuple; it reads a field without executing Python code

    class _NamedTuple(tuple):
        """The methods of all named tuples, based on the names of their fields."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"expected {len(cls._fields)} values, got {len(made)}")
            return made

        def _replace(self, /, **changes):
            made = self._make(map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(changes)}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            fields = zip(self._fields, self, strict=True)
            return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"

        def __getnewargs__(self):
            return tuple(self)

    class _Declaration(type):
        """Turns a class statement into a subclass of `tuple`, whose own type is `type`."""

        def __new__(meta, name, bases, body):
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(f"{name}: a field without a default follows one that has a default")
            own = {
                "__slots__": (),
                "__new__": _first_constructor(fields, tuple(defaults.values())),
                "__match_args__": fields,
                "_fields": fields,
                "_field_defaults": defaults,
            }
            getters = {field: _tuplegetter(position, None) for position, field in enumerate(fields)}
            return type(name, (_NamedTuple,), {**body, **own, **getters})

    def _first_constructor(fields, defaults):
        """A constructor that on its first call compiles the real one and is replaced by it."""

        def construct(cls, /, *values, **named):
            cls.__new__ = compiled = _constructor(fields, defaults)
            return compiled(cls, *values, **named)

        return construct

    def _constructor(fields, defaults):
        listed = "".join(f"{field}, " for field in fields)
        names = {"_new": tuple.__new__, "__builtins__": {}}
        made = eval(f"lambda _cls, {listed}: _new(_cls, ({listed}))", names)  # noqa: S307 (names of fields)
        made.__name__ = "__new__"
        made.__defaults__ = defaults
        return made

    NamedTuple = type.__new__(_Declaration, "NamedTuple", (), {"__doc__": "The base of a declaration."})
