"""How is a JUnit report of tours written? With a suite per tour and a case per step.

https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from sts_tui.account.diagnostics.printable import many_lines
from sts_tui.tours.exercises.grade import GradedCheck
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import PlayedLine
from sts_tui.tours.reading.steps import Tour


def junit_report(tours: Sequence[tuple[Tour, Sequence[PlayedLine]]]) -> str:
    """The report as XML. Steps that were not played are skipped cases."""
    suites = ET.Element("testsuites", name="sts-tui")
    for tour, played in tours:
        suites.append(_suite(tour, played))
    _count(suites, [case for suite in suites for case in suite])
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def grade_report(exercise: str, marks: Sequence[GradedCheck]) -> str:
    """The grade of an exercise as XML: one suite, a case for each check."""
    suites = ET.Element("testsuites", name="sts-tui")
    name = f"sts-tui learn {exercise}"
    suite = ET.SubElement(suites, "testsuite", name=name)
    for mark in marks:
        case = ET.SubElement(suite, "testcase", classname=name, name=many_lines(mark.title), time="0")
        if not mark.is_passed:
            failure = ET.SubElement(case, "failure", message=many_lines(mark.message))
            failure.text = many_lines("\n".join(mark.hints))
    _count(suite, list(suite))
    _count(suites, list(suite))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _suite(tour: Tour, played: Sequence[PlayedLine]) -> ET.Element:
    suite = ET.Element("testsuite", name=many_lines(tour.name))
    for one in played:
        case = _case(tour, one.line.number, one.line.text)
        if one.result.outcome is StepOutcome.FAILED:
            failure = ET.SubElement(case, "failure", message=many_lines(one.result.message))
            failure.text = many_lines("\n".join([one.result.error_text, *one.result.explanation]).strip())
        elif one.result.outcome is StepOutcome.SKIPPED:
            ET.SubElement(case, "skipped", message="for the explorer")
        suite.append(case)
    for line in tour.lines[len(played) :]:
        case = _case(tour, line.number, line.text)
        ET.SubElement(case, "skipped", message="not played: an earlier step could not be performed")
        suite.append(case)
    _count(suite, list(suite))
    return suite


def _case(tour: Tour, number: int, text: str) -> ET.Element:
    return ET.Element(
        "testcase", classname=many_lines(tour.name), name=f"{number}: {many_lines(text)}", time="0"
    )


def _count(element: ET.Element, cases: Sequence[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
