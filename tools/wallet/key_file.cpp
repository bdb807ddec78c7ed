#include <tools/wallet/key_file.hpp>

#include <primitives/byte_cursor.hpp>
#include <primitives/crypto/aead.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/crypto/random.hpp>
#include <primitives/scale.hpp>

namespace redoubt::wallet {
namespace {

constexpr std::string_view kMagic = "RDBTKEY";
constexpr std::uint8_t kVersion = 1;

struct Parsed {
    KeyFileHeader header;
    ByteView associated_data;
    ByteView box;
};

Bytes encode_header(const KeyFileHeader& header) {
    Bytes out = to_bytes(bytes_of(kMagic));
    out.push_back(kVersion);
    out.push_back(static_cast<std::uint8_t>(header.scheme));
    out.push_back(header.has_password ? 1 : 0);
    scale::encode_scale(out, header.cost.passes);
    scale::encode_scale(out, header.cost.memory_kib);
    scale::encode_scale(out, header.salt);
    out.push_back(static_cast<std::uint8_t>(header.public_key.size()));
    append(out, header.public_key);
    return out;
}

Result<Parsed> parse(ByteView file) {
    ByteCursor in{file};
    const auto magic = in.take(kMagic.size());
    if (!magic || text_of(magic.value()) != kMagic) {
        return KeyFileError::kNotAKeyFile;
    }
    const auto version = in.take_byte();
    if (!version) {
        return KeyFileError::kMalformed;
    }
    if (version.value() != kVersion) {
        return KeyFileError::kUnknownVersion;
    }
    const auto scheme = in.take_byte();
    const auto has_password = in.take_byte();
    const auto passes = in.take_le<std::uint32_t>();
    const auto memory_kib = in.take_le<std::uint32_t>();
    const auto salt = in.take_fixed<crypto::PasswordSalt>();
    const auto key_size = in.take_byte();
    if (!scheme || !has_password || !passes || !memory_kib || !salt || !key_size || scheme.value() > 2 ||
        has_password.value() > 1 || file.size() > kKeyFileBytesMax) {
        return KeyFileError::kMalformed;
    }
    Parsed out;
    out.header.scheme = static_cast<crypto::Scheme>(scheme.value());
    out.header.has_password = has_password.value() == 1;
    out.header.cost = {.passes = passes.value(), .memory_kib = memory_kib.value()};
    out.header.salt = salt.value();
    const std::size_t expected_size = out.header.scheme == crypto::Scheme::kEcdsa ? 33 : 32;
    const auto key = in.take(key_size.value());
    if (key_size.value() != expected_size || !key || in.remaining() < crypto::kAeadOverheadBytes) {
        return KeyFileError::kMalformed;
    }
    if (out.header.cost.passes > crypto::PasswordCost::kPassesMax ||
        out.header.cost.memory_kib > crypto::PasswordCost::kMemoryKibMax) {
        return KeyFileError::kCostTooHigh;
    }
    out.header.public_key = to_bytes(key.value());
    out.box = in.rest();
    out.associated_data = file.first(file.size() - out.box.size());
    return out;
}

}  // namespace

std::string_view error_domain(KeyFileError) {
    return "key file";
}

std::string_view error_message(KeyFileError error) {
    switch (error) {
        case KeyFileError::kNotAKeyFile:
            return "this is no key file of this wallet";
        case KeyFileError::kUnknownVersion:
            return "the key file was made by a later version of the wallet";
        case KeyFileError::kMalformed:
            return "the key file is damaged";
        case KeyFileError::kCostTooHigh:
            return "the key file asks for more memory or passes than the wallet grants";
        case KeyFileError::kWrongPassword:
            return "the password is wrong, or the key file was changed";
        case KeyFileError::kKeyDoesNotMatch:
            return "the secret in the key file does not belong to its public key";
    }
    return "unknown key file error";
}

Result<Bytes> seal_key_file(KeyFileHeader header, ByteView secret_uri, ByteView password) {
    crypto::fill_random(header.salt.bytes);
    BOOST_OUTCOME_TRY(const auto key, crypto::derive_password_key(password, header.salt, header.cost));
    auto file = encode_header(header);
    const auto box = crypto::aead_seal(key, file, secret_uri);
    append(file, box);
    return file;
}

Result<KeyFileHeader> read_key_file_header(ByteView file) {
    BOOST_OUTCOME_TRY(auto parsed, parse(file));
    return std::move(parsed.header);
}

Result<crypto::SecretBuffer> open_key_file(ByteView file, ByteView password) {
    BOOST_OUTCOME_TRY(const auto parsed, parse(file));
    const auto& header = parsed.header;
    BOOST_OUTCOME_TRY(const auto key, crypto::derive_password_key(password, header.salt, header.cost));
    auto opened = crypto::aead_open(key, parsed.associated_data, parsed.box);
    if (!opened) {
        return KeyFileError::kWrongPassword;
    }
    const auto pair = crypto::KeyPair::from_secret_uri(text_of(opened.value().expose()), header.scheme);
    if (!pair || pair.value().public_key() != header.public_key) {
        return KeyFileError::kKeyDoesNotMatch;
    }
    return std::move(opened).value();
}

}  // namespace redoubt::wallet
