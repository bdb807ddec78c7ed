#include <attestation/bundle/endorsement_codec.hpp>

#include <attestation/json/json_bytes.hpp>
#include <attestation/json/json_cursor.hpp>
#include <attestation/limits.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/hex.hpp>
#include <primitives/json_string.hpp>

#include <algorithm>
#include <array>

namespace redoubt::attestation {
namespace {

Result<Endorsements> parse_dcap(std::string_view json) {
    BOOST_OUTCOME_TRY(auto collateral, dcap::parse_collateral(json));
    return Endorsements{std::move(collateral)};
}

Result<Endorsements> parse_snp(std::string_view json) {
    snp::Certificates out;
    JsonCursor cursor{json};
    const auto read_list = [&](JsonCursor& list) -> Result<void> {
        if (out.revocation_lists.size() == snp::kRevocationListsMax) {
            return Reason::kLimitExceeded;
        }
        BOOST_OUTCOME_TRY(auto bytes, read_base64(list, kCrlBytesMax));
        out.revocation_lists.push_back(std::move(bytes));
        return success();
    };
    const auto read_member = [&](std::string_view name, JsonCursor& value) -> Result<void> {
        if (name == "revocation_lists") {
            return value.read_array(read_list);
        }
        auto* certificate = name == "vek"   ? &out.vek
                            : name == "ask" ? &out.ask
                            : name == "ark" ? &out.ark
                                            : nullptr;
        if (certificate == nullptr) {
            return Reason::kJsonMalformed;
        }
        BOOST_OUTCOME_TRY(*certificate, read_base64(value, kCertificateBytesMax));
        return success();
    };
    BOOST_OUTCOME_TRY(cursor.read_object(read_member));
    BOOST_OUTCOME_TRY(cursor.expect_end());
    if (out.vek.empty() || out.ask.empty() || out.ark.empty()) {
        return Reason::kCollateralMissing;
    }
    return Endorsements{std::move(out)};
}

struct Row {
    EvidenceType type;
    Result<Endorsements> (*parse)(std::string_view json);
};

/// The types whose evidence comes with endorsements.
constexpr auto kRows = std::to_array<Row>({
    {EvidenceType::kSgxDcap, parse_dcap},
    {EvidenceType::kTdxDcap, parse_dcap},
    {EvidenceType::kSnp, parse_snp},
    {EvidenceType::kParavisor, parse_endorsements},  // those of the hardware below
});

/// Writes the members of an object, each once.
class ObjectWriter {
  public:
    void add(std::string_view name, std::string_view value) {
        out_.append(out_.size() == 1 ? "\"" : ",\"").append(name).append("\":").append(value);
    }
    void add_text(std::string_view name, std::string_view text) { add(name, json_string(text)); }
    void add_base64(std::string_view name, ByteView bytes) {
        add(name, "\"" + x509::encode_base64(bytes) + "\"");
    }
    [[nodiscard]] std::string take() && { return std::move(out_) + "}"; }

  private:
    std::string out_ = "{";
};

/// A list is DER, hexadecimal digits or PEM: DER becomes digits, text stays as it is.
std::string list_text(const Bytes& list) {
    // The second byte of a list as DER is not of ASCII, because no list is shorter than 128 bytes.
    const bool is_text = std::ranges::all_of(list, [](std::uint8_t byte) { return byte < 0x80; });
    return is_text ? std::string{text_of(list)} : to_hex(list);
}

struct Encoder {
    std::string operator()(const std::monostate&) const { return {}; }

    std::string operator()(const dcap::Collateral& collateral) const {
        ObjectWriter out;
        out.add_text("tcb_info", collateral.tcb_info.text);
        out.add_text("tcb_info_signature", to_hex(collateral.tcb_info.signature.view()));
        out.add_text("tcb_info_issuer_chain", collateral.tcb_info.issuer_chain);
        out.add_text("qe_identity", collateral.qe_identity.text);
        out.add_text("qe_identity_signature", to_hex(collateral.qe_identity.signature.view()));
        out.add_text("qe_identity_issuer_chain", collateral.qe_identity.issuer_chain);
        out.add_text("root_ca_crl", list_text(collateral.root_ca_crl));
        out.add_text("pck_crl", list_text(collateral.pck_crl));
        out.add_text("pck_crl_issuer_chain", collateral.pck_crl_issuer_chain);
        out.add_text("pck_certificate_chain", collateral.pck_certificate_chain);
        return std::move(out).take();
    }

    std::string operator()(const snp::Certificates& certificates) const {
        ObjectWriter out;
        out.add_base64("vek", certificates.vek);
        out.add_base64("ask", certificates.ask);
        out.add_base64("ark", certificates.ark);
        std::string lists = "[";
        for (const auto& list : certificates.revocation_lists) {
            lists.append(lists.size() == 1 ? "\"" : ",\"").append(x509::encode_base64(list)).append("\"");
        }
        out.add("revocation_lists", lists + "]");
        return std::move(out).take();
    }
};

}  // namespace

Result<Endorsements> parse_endorsements(std::string_view json) {
    auto certificates = parse_snp(json);
    if (certificates) {
        return certificates;
    }
    return parse_dcap(json);
}

Result<Endorsements> parse_endorsements(EvidenceType type, std::string_view json) {
    const auto* row = std::ranges::find(kRows, type, &Row::type);
    if (row == kRows.end()) {
        return Reason::kEvidenceTypeUnsupported;
    }
    return row->parse(json);
}

std::string encode(const Endorsements& endorsements) {
    return std::visit(Encoder{}, endorsements);
}

}  // namespace redoubt::attestation
