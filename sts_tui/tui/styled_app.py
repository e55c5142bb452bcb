"""How does the explorer look? Its theme, its style sheet, and the filters of everything that it draws."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual.filter import LineFilter

from sts_tui.tui.options import Options
from sts_tui.tui.text import theme
from sts_tui.tui.text.symbols import AsciiFilter
from sts_tui.tui.text.terminal_boundary import PrintableFilter
from sts_tui.tui.widgets.textual_internals import KnownRules, Surviving, refresh_ansi_colors


class StyledApp(Surviving):
    """An app with the explorer's themes and style sheet."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["styles/layout.tcss"]

    _is_themed = False

    def __init__(self, options: Options) -> None:
        self.options = options
        super().__init__()
        self._printable = PrintableFilter()
        self._ascii = AsciiFilter(enabled=options.is_ascii)
        for each in theme.THEMES:
            self.register_theme(each)
        self._begin_with_theme(theme.chosen(options.theme, self.available_themes))

    def _begin_with_theme(self, name: str) -> None:
        """Sets the theme before anything is styled, so that the style sheets are read once."""
        self.set_reactive(StyledApp.theme, name)
        self._is_themed = True
        is_dark = self.current_theme.dark
        self.update_classes(
            {f"-theme-{name}": True, "-dark-mode": is_dark, "-light-mode": not is_dark}, update=False
        )
        refresh_ansi_colors(self)
        self.stylesheet = KnownRules(variables=self.get_css_variables())

    def unknown_theme(self) -> str:
        """The message where the theme of the options does not exist; empty where it does."""
        return theme.unknown(self.options.theme, self.available_themes)

    def get_css_variables(self) -> dict[str, str]:
        """Textual asks before the theme is chosen, and again for each explorer of the process."""
        if not self._is_themed:
            return {}
        self.theme_variables = theme.variables_of(self.current_theme, super().get_css_variables)
        return self.theme_variables

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.variable_defaults(self.current_theme.dark)

    def get_line_filters(self) -> list[LineFilter]:
        ascii_only = [self._ascii] if self._ascii.enabled else []
        return [self._printable, *super().get_line_filters(), *ascii_only]
