"""Headers of constants that the make_*_evidence.py write."""


def hex_constant(name, value):
    """A constant of hexadecimal digits."""
    digits = value.hex()
    rows = "\n".join(f'    "{digits[at:at + 96]}"' for at in range(0, len(digits), 96))
    return f"inline constexpr std::string_view {name} =\n{rows};\n"


def write_header(path, about, constants):
    """@param constants  C++, each a whole line or more"""
    path.write_text(f"/// {about}\n#pragma once\n\n#include <string_view>\n\nnamespace redoubt::tests {{\n\n"
                    + "\n".join(constants) + "\n}  // namespace redoubt::tests\n")
