"""Where the embedded engine and DynamoDB Local word the same refusal differently, and why.

The engine has the words and the order of the service itself, as AWS's documentation and captured answers of the
service give them; DynamoDB Local has others in these places.
"""

from __future__ import annotations

import re

import attrs

__all__ = ["EXPLAINED", "Difference"]


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
    "Number (over|under)flow.*|.* set  may not be empty|.*Binary sets should not be empty|.*contains duplicates.*"
    "|Empty attribute name|Supplied AttributeValue .*|.*Null attribute value types must have the value of true"
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
    "|An operand in the update expression has an incorrect data type"
)
READ = (
    "Cannot specify the ProjectionExpression when .*|Must specify the AttributesToGet or "
    ".*|ALL_PROJECTED_ATTRIBUTES can .*"
    "|The table does not have the specified index: .*|Consistent reads are not supported .*|.* does not project .*"
    "|(Filter Expression|QueryFilter) can only contain non-primary key attributes: .*|The provided starting key .*"
    f"|{WRONG}Select type ALL_ATTRIBUTES is not supported .*"
)
LEGACY = (
    f"{WRONG}(ADD|DELETE) action .*|{WRONG}Only DELETE action is allowed .*|ConditionalOperator can .*"
    f"|{WRONG}.* for Attribute: .*|{WRONG}Invalid number of argument.*|{WRONG}AttributeValues inside .*"
    f"|{WRONG}ComparisonOperator .* is not valid .*|The BETWEEN condition was provided a range .*"
    "|Type mismatch for attribute to update"
)
BETWEEN = r"Invalid (\w+): The BETWEEN operator requires .*"
OVERLAP = r"Invalid (\w+): Two document paths (overlap|conflict) with each other; .* path one: .*"

ORDER = "of two mistakes the service tells an expression's first, then a value's, then a key's"
WORDS = "the service's own words, which often name the culprit"

EXPLAINED: tuple[Difference, ...] = (
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
    Difference(ORDER, f"{KEY}|{INDEX_KEY}|{EMPTY_KEY}|{VALUE}|{SCALARS}|{TARGET}|{READ}", EXPRESSION),
    Difference(ORDER, f"{KEY}|{INDEX_KEY}|{EMPTY_KEY}", OWN_VALUE),
    Difference("a value is looked at before the condition of AttributeUpdates, too", FAILED, OWN_VALUE),
    Difference(ORDER, f"{KEY}|{INDEX_KEY}|{FAILED}|{UPDATE}|{READ}|{SCALARS}|{TARGET}", SCALARS),
    Difference("of two mistakes in a read each side tells the one that it sees first", f"{READ}|{SCALARS}", READ),
    Difference(
        "of two mistakes in keys each side tells the one that it sees first",
        f"{KEY}|{EMPTY_KEY}|{DUPLICATES}|{EMPTY_LIST_OF_KEYS}|Item to put in PutItem cannot be null",
        f"{OWN_KEY}|{OWN_INDEX_KEY}|{EMPTY_KEY}|{DUPLICATES}",
    ),
    Difference(
        "of two mistakes in an update each side tells the one that it sees first",
        f"{UPDATE}|{SCALARS}|{TARGET}",
        f"{UPDATE}|{TARGET}",
    ),
    Difference(
        "of two mistakes in the old parameters each side tells the one that it sees first",
        f"{LEGACY}|{KEY}|{INDEX_KEY}|{EMPTY_KEY}|{VALUE}|{TARGET}|{READ}|{FAILED}",
        f"{LEGACY}",
    ),
    Difference(
        "of two mistakes in the old parameters each side tells the one that it sees first",
        f"{LEGACY}",
        f"{OWN_KEY}|{OWN_INDEX_KEY}|{EMPTY_KEY}|{OWN_VALUE}|{TARGET}|{READ}",
    ),
    Difference(
        "the service looks at the expression before the item, so it tells this before a failed condition",
        FAILED,
        TARGET,
    ),
)
