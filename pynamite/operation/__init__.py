"""Operations: each call of the API as a value, made and read by pure code."""
