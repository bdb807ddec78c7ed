/// The platform keys of the tokens in tests/fuzz/corpus/cca_verify; written by make_cca_evidence.py.
#pragma once

#include <array>
#include <string_view>

namespace redoubt::tests {

/// SubjectPublicKeyInfo as hex.
inline constexpr auto kCcaTestKeys = std::to_array<std::string_view>({
    "3059301306072a8648ce3d020106082a8648ce3d03010703420004f94fb31a809fd1487989e22326fcc317f1f4825899da441056"
    "82a662730b4f3c38b2fe1a132cdbc7affb24bbab73ea853da2f8a62cb38f7ba80e891bddd564f7",
    "3076301006072a8648ce3d020106052b8104002203620004fc3b6cd644f8426713e47623e569d9b4ffb681b662ac5fea8ce98f2f"
    "5db1accb72ab7dfcec5432660b1df5fba5dbdad884b224827dbffe3e35dbe9731e21048d0ed5c19d0ff8be29b369e13904c0c7a9"
    "5e692ad70d8bcbe47f5618ffc360b420",
    "30819b301006072a8648ce3d020106052b81040023038186000401964f46950587682b695a967be95eb1a48dde0df41bd7874f6e"
    "8992d3f561a25ae76c26f9cd04df300554ec69d7d86177a8d1ffd65533a6cf8707909044896620270108b85fcbd84ff30613afc3"
    "840df785c89e1cdedca49fdc74571bce10c48c8fea00318d55e08c8fadb1383a756085d763256a39d49e1b003de94c8113a4e873"
    "221f",
});

}  // namespace redoubt::tests
