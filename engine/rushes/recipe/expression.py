"""The expression language of recipes: names of columns, numbers, texts, arithmetic, comparison and a table of functions.

Expressions are parsed to a tree, checked, and translated to polars by the score stage; nothing is ever evaluated as
Python. This module gathers the public names of its parts, so that other stages need to know only one.
"""

from rushes.recipe.expression_check import faults_of, outcome_of, type_of, unit_of
from rushes.recipe.expression_columns import BUILT_IN_COLUMNS, unit_of_name
from rushes.recipe.expression_constant import constant_value
from rushes.recipe.expression_functions import FUNCTIONS, Function
from rushes.recipe.expression_parse import MAX_CHARS, MAX_DEPTH, parse_expression
from rushes.recipe.expression_template import Slot, Template, format_value, parse_template, template_faults
from rushes.recipe.expression_tree import (
    ColumnFacts,
    Expression,
    ExpressionFault,
    Value,
    ValueType,
    names_in,
)

__all__ = [
    "BUILT_IN_COLUMNS",
    "FUNCTIONS",
    "MAX_CHARS",
    "MAX_DEPTH",
    "ColumnFacts",
    "Expression",
    "ExpressionFault",
    "Function",
    "Slot",
    "Template",
    "Value",
    "ValueType",
    "constant_value",
    "faults_of",
    "format_value",
    "names_in",
    "outcome_of",
    "parse_expression",
    "parse_template",
    "template_faults",
    "type_of",
    "unit_of",
    "unit_of_name",
]
