#include <tools/wallet/pem_key.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <attestation/der/der_reader.hpp>
#include <attestation/x509/pem.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace redoubt::wallet {
namespace {

using namespace std::string_view_literals;
namespace der = attestation::der;

/// A key takes 119 bytes; text before it may be longer.
constexpr std::size_t kFileBytesMax = 4096;
constexpr auto kBegin = "-----BEGIN PRIVATE KEY-----"sv;
constexpr auto kEnd = "-----END PRIVATE KEY-----"sv;
/// 1.3.101.112
constexpr auto kEd25519Oid = "\x2b\x65\x70"sv;
/// PKCS#8 has version 0, and 1 when the public key follows.
constexpr std::uint64_t kVersionMax = 1;

/// Bytes of an ordinary buffer, wiped when they go.
struct WipedBytes {
    explicit WipedBytes(Bytes content) : bytes(std::move(content)) {}
    WipedBytes(const WipedBytes&) = delete;
    WipedBytes& operator=(const WipedBytes&) = delete;
    ~WipedBytes() { crypto::wipe(bytes); }
    Bytes bytes;
};

Failure unsuitable(const std::string& path, const std::string& what) {
    return usage_failure(
        "ear_key_unsuitable", path + " " + what,
        "Make a key with `openssl genpkey -algorithm ed25519 -out FILE`; one that is encrypted "
        "is opened with `openssl pkey -in FILE -out OTHER`.");
}

/// The whole file in memory that is wiped, without a stream whose buffer is not.
Fallible<crypto::SecretBuffer> read_secret_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return usage_failure("file_unreadable", path + " cannot be read", "Name a file that you may read.");
    }
    crypto::SecretBuffer buffer{kFileBytesMax + 1};
    std::size_t size = 0;
    ssize_t count = 0;
    do {
        count = ::read(file, buffer.expose_mut().data() + size, buffer.size() - size);
        size += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    } while ((count > 0 && size < buffer.size()) || (count < 0 && errno == EINTR));
    ::close(file);
    if (count < 0) {
        return usage_failure("file_unreadable", path + " cannot be read", "Name a file that you may read.");
    }
    if (size > kFileBytesMax) {
        return unsuitable(path, "is longer than any key");
    }
    return crypto::SecretBuffer::copy_of(buffer.expose().first(size));
}

/// The base64 between the two lines, without line ends; empty when there is not exactly one such block.
crypto::SecretBuffer digits_of(std::string_view text) {
    const auto begin = text.find(kBegin);
    const auto end = text.find(kEnd);
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin + kBegin.size() ||
        text.find(kBegin, begin + 1) != std::string_view::npos) {
        return {};
    }
    const auto inside = text.substr(begin + kBegin.size(), end - begin - kBegin.size());
    const auto is_digit = [](char c) { return c != '\n' && c != '\r' && c != ' '; };
    crypto::SecretBuffer out{static_cast<std::size_t>(std::ranges::count_if(inside, is_digit))};
    std::ranges::copy_if(inside, out.expose_mut().begin(), is_digit);
    return out;
}

/// The seed inside PKCS#8.
Result<crypto::SecretBytes<32>> read_seed(ByteView pkcs8) {
    der::Reader file{pkcs8};
    BOOST_OUTCOME_TRY(auto key, file.enter());
    BOOST_OUTCOME_TRY(file.expect_end());
    BOOST_OUTCOME_TRY(const auto version, key.take_unsigned(kVersionMax));
    static_cast<void>(version);  // either is read in the same way
    BOOST_OUTCOME_TRY(auto algorithm, key.enter());
    BOOST_OUTCOME_TRY(const auto oid, algorithm.take_oid());
    BOOST_OUTCOME_TRY(algorithm.expect_end());
    if (text_of(oid) != kEd25519Oid) {
        return attestation::Reason::kMalformed;
    }
    BOOST_OUTCOME_TRY(const auto wrapped, key.expect(der::kOctetString));
    der::Reader inside{wrapped.content};
    BOOST_OUTCOME_TRY(const auto seed, inside.take_octets(crypto::SecretBytes<32>::kSize));
    BOOST_OUTCOME_TRY(inside.expect_end());
    return crypto::SecretBytes<32>::copy_of(std::span<const std::uint8_t, 32>{seed});
}

}  // namespace

Fallible<crypto::KeyPair> read_pem_key(const std::string& path) {
    BOOST_OUTCOME_TRY(const auto file, read_secret_file(path));
    const auto digits = digits_of(text_of(file.expose()));
    if (digits.size() == 0) {
        return unsuitable(path, "holds no private key in PEM (PKCS#8, not encrypted)");
    }
    auto decoded = attestation::x509::decode_base64(text_of(digits.expose()));
    if (!decoded) {
        return unsuitable(path, "holds a private key that is no base64");
    }
    const WipedBytes pkcs8{std::move(decoded).value()};
    const auto seed = read_seed(pkcs8.bytes);
    if (!seed) {
        return unsuitable(path, "holds no ed25519 key");
    }
    auto key = crypto::KeyPair::from_seed(crypto::Scheme::kEd25519, seed.value());
    if (!key) {
        return unsuitable(path, "holds a key that cannot be used");
    }
    return std::move(key).value();
}

}  // namespace redoubt::wallet
