"""Where the embedded engine and DynamoDB Local word the same refusal differently, and why.

The engine has the words and the order of the service itself, as AWS's documentation and captured answers of the
service give them; DynamoDB Local has others in these places.
"""

from __future__ import annotations

import re

import attrs

__all__ = ["explained"]


@attrs.frozen
class Difference:
    """Two sentences (patterns): DynamoDB Local's and the engine's, and the reason why they differ."""

    reason: str
    local: str
    ours: str

    def explains(self, local: str, ours: str) -> bool:
        """Tell whether these are the two."""
        return bool(re.fullmatch(self.local, local, re.DOTALL) and re.fullmatch(self.ours, ours, re.DOTALL))


WRONG = "One or more parameter values were invalid: "

KEY = (
    rf"Invalid attribute value type|{WRONG}Type mismatch for key|The number of conditions on the keys is invalid"
    "|One of the required keys was not given a value"
)
OWN_KEY = (
    rf"The provided key element does not match the schema|{WRONG}Missing the key \w+ in the item"
    rf"|{WRONG}Type mismatch for key \w+ expected: . actual: \w+"
)
EMPTY_KEY = r"One or more parameter values are not valid\. .* cannot contain an empty (string|binary) value\..*"
INDEX_KEY = f"Invalid attribute value type|{WRONG}Type mismatch for Index Key"
OWN_INDEX_KEY = rf"{WRONG}Type mismatch for Index Key \w+ Expected: . Actual: \w+ IndexName: \w+"
NUMBER, OWN_NUMBER = (
    "A value provided cannot be converted into a number",
    "The parameter cannot be converted to a numeric value(: .*)?",
)
DIGITS, OWN_DIGITS = (
    "DynamoDB only supports precision up to 38 digits",
    "Attempting to store more than 38 significant digits in a Number",
)
VALUE_OF_BOTH = (
    "Number (over|under)flow.*|.* set  may not be empty|.*Binary sets should not be empty"
    "|.*Input collection.* contains duplicates.*|Empty attribute name|Supplied AttributeValue .*"
    "|.*Null attribute value types must have the value of true"
)
VALUE = f"{NUMBER}|{DIGITS}|{VALUE_OF_BOTH}"
OWN_VALUE = f"{OWN_NUMBER}|{OWN_DIGITS}|{VALUE_OF_BOTH}"
EXPRESSION = (
    "Invalid (Update|Condition|Filter|Projection|KeyCondition)Expression: .*|Value provided in .* unused .*"
    "|ExpressionAttributeValues contains .*"
)
TARGET = f"{WRONG}Cannot update attribute .*"
SCALARS = "Key attributes must be scalars; .*"
DUPLICATES = (
    "Provided list of item keys contains duplicates|Transaction request cannot include multiple operations on one item"
)
EMPTY_LIST_OF_KEYS = ".* may not contain null or empty values: .*"
FAILED = "The conditional request failed"
UPDATE = (
    "The document path provided in the update expression is invalid for update"
    "|The provided expression refers to an attribute that does not exist in the item"
    "|An operand in the update expression has an incorrect data type|Type mismatch for attribute to update"
)
READ = (
    "Cannot specify the ProjectionExpression when .*|Must specify the AttributesToGet or "
    ".*|ALL_PROJECTED_ATTRIBUTES can .*"
    "|The table does not have the specified index: .*|Consistent reads are not supported .*|.* does not project .*"
    "|(Filter Expression|QueryFilter) can only contain non-primary key attributes: .*|The provided starting key .*"
    f"|{WRONG}Select type ALL_ATTRIBUTES is not supported .*|The query can return at most one row .*"
    "|Exclusive Start Key must have same size .*|Query condition missed key schema element.*"
    "|Query key condition not supported"
    "|Attempted conditional constraint is not an indexable operation|.*Condition parameter type does not match .*"
)
LEGACY = (
    f"{WRONG}(ADD|DELETE) action .*|{WRONG}Only DELETE action is allowed .*|ConditionalOperator can .*"
    f"|{WRONG}.* for Attribute: .*|{WRONG}Invalid number of argument.*|{WRONG}AttributeValues inside .*"
    f"|{WRONG}ComparisonOperator .* is not valid .*|The BETWEEN condition was provided a range .*"
    "|Conditions can be of length 1 or 2 only"
)
KEY_CONDITION = (
    "Invalid (operator used|condition) in KeyConditionExpression: .*|KeyConditionExpressions (can|must) .*"
)
BETWEEN = r"Invalid (\w+): The BETWEEN operator requires .*"
OVERLAP = r"Invalid (\w+): Two document paths (overlap|conflict) with each other; .* path one: .*"

WORDS = "the service's own words, which often name the culprit"

WORDED: tuple[Difference, ...] = (
    Difference(WORDS, KEY, OWN_KEY),
    Difference(WORDS, INDEX_KEY, OWN_INDEX_KEY),
    Difference(WORDS, f"(.*: )?{NUMBER}( for key .*)?", f"(.*: )?{OWN_NUMBER}( for key .*)?"),
    Difference(WORDS, f"(.*: )?{DIGITS}( for key .*)?", f"(.*: )?{OWN_DIGITS}( for key .*)?"),
    Difference(WORDS, ".*Input collection.* contains duplicates.*", ".*Input collection.* contains duplicates.*"),
    Difference(WORDS, ".*An binary set  may not be empty.*", ".*Binary sets should not be empty.*"),
    Difference(WORDS, "Query condition missed key schema element", r"Query condition missed key schema element: \w+"),
    Difference(
        WORDS,
        "The provided starting key does not match the range key predicate",
        "The provided starting key is outside query boundaries based on provided conditions",
    ),
    Difference(
        WORDS,
        "Exclusive Start Key must have same size as table's key schema|Type mismatch for attribute to update",
        f"The provided starting key is invalid: {OWN_KEY}",
    ),
    Difference(
        WORDS,
        f"(The provided starting key is invalid: )?({VALUE}|{KEY})",
        f"The provided starting key is invalid: ({OWN_VALUE}|{OWN_KEY})",
    ),
    Difference(
        "DynamoDB Local ends this sentence with a full stop in ConditionCheck",
        r"The conditional request failed\.",
        "The conditional request failed",
    ),
    Difference(
        "DynamoDB Local lists several attributes in the order of a hash table",
        r".* does not project \[.*, .*\]",
        r".* does not project \[.*, .*\]",
    ),
    Difference(
        "which two of several clashing paths are named depends on a hash table in DynamoDB Local", OVERLAP, OVERLAP
    ),
    Difference(
        "DynamoDB Local lists several names in the order of a hash table",
        r"Value provided in (\w+) unused .*\{.*, .*\}",
        r"Value provided in (\w+) unused .*\{.*, .*\}",
    ),
    Difference("DynamoDB Local tells a number as it was written", BETWEEN, BETWEEN),
)

ON_KEYS = (
    f"{KEY}|{OWN_KEY}|{INDEX_KEY}|{OWN_INDEX_KEY}|{EMPTY_KEY}|{SCALARS}|{TARGET}|{READ}|{DUPLICATES}"
    f"|{EMPTY_LIST_OF_KEYS}|Item to put in PutItem cannot be null"
)
STAGES: tuple[str, ...] = (
    # The values of items and keys, of the old parameters; in reads with the old ones after the filter.
    f"(The provided starting key is invalid: )?({VALUE}|{OWN_VALUE})|{LEGACY}|Either the KeyConditions or .*",
    f"{EXPRESSION}|{KEY_CONDITION}",
    ON_KEYS,
    FAILED,
    UPDATE,
)
"""What may be wrong with a request, in the order in which the service looks (API Reference; captured answers)."""


def explained(local: str, ours: str) -> bool:
    """Tell whether DynamoDB Local and the engine may say these two of one request.

    They may if the words differ for a known reason, and if there are several mistakes, of which DynamoDB Local does
    not tell the first: the engine looks at them in the service's order, and within a stage each has an order of its
    own.
    """
    if any(one.explains(local, ours) for one in WORDED):
        return True
    first, second = stage_of(ours), stage_of(local)
    return first is not None and second is not None and first <= second


def stage_of(message: str) -> int | None:
    """Give the stage at which a message is told; None if it is not known."""
    return next((number for number, told in enumerate(STAGES) if re.fullmatch(told, message, re.DOTALL)), None)
