#include <tools/wallet/evidence_fields.hpp>

#include <algorithm>
#include <array>
#include <attestation/cca/token.hpp>
#include <attestation/dcap/quote.hpp>
#include <attestation/digest.hpp>
#include <attestation/ias/evidence.hpp>
#include <attestation/ias/report.hpp>
#include <attestation/keystone/report.hpp>
#include <attestation/limits.hpp>
#include <attestation/nitro/document.hpp>
#include <attestation/paravisor/evidence.hpp>
#include <attestation/paravisor/hcl_report.hpp>
#include <attestation/ra_tls/certificate_evidence.hpp>
#include <attestation/sim/evidence.hpp>
#include <attestation/snp/report.hpp>
#include <attestation/tpm/attest.hpp>
#include <attestation/tpm/evidence.hpp>
#include <attestation/x509/pem.hpp>
#include <primitives/hex.hpp>
#include <tools/wallet/console.hpp>

namespace redoubt::wallet {
namespace {

using namespace attestation;  // NOLINT(google-build-using-namespace): this file is about its types

template <class Fixed>
std::string hex(const Fixed& bytes) {
    return to_hex(bytes.view());
}

/// A register or a mask as its bits are written down: hexadecimal, highest digit first.
std::string bits(std::uint64_t value) {
    Bytes bytes;
    for (int shift = 56; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
    }
    return to_hex_0x(bytes);
}

Json svns(const SnpSvns& svns, SnpProduct product) {
    Json out = Json::object();
    if (product == SnpProduct::kTurin) {
        out["fmc"] = svns.fmc;
    }
    out["boot_loader"] = svns.boot_loader;
    out["tee"] = svns.tee;
    out["snp"] = svns.snp;
    out["microcode"] = svns.microcode;
    return out;
}

std::string version_text(const SnpFirmwareVersion& version) {
    return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
           std::to_string(version.build);
}

std::string_view bank_text(std::uint16_t bank) {
    switch (bank) {
        case kTpmSha256:
            return "sha256";
        case kTpmSha384:
            return "sha384";
        case kTpmSha512:
            return "sha512";
        default:
            return "other";
    }
}

Json pcr_fields(const std::vector<PcrValue>& pcrs) {
    Json out = Json::object();
    for (const auto& pcr : pcrs) {
        out[std::string{bank_text(pcr.bank)} + ":" + std::to_string(pcr.index)] = to_hex(pcr.value);
    }
    return out;
}

Json hex_or_null(const std::optional<Bytes>& bytes) {
    return bytes ? Json(to_hex(*bytes)) : Json(nullptr);
}

/// How the paravisor says that the machine is configured, without its name. The paravisor's keys are left
/// out.
Json machine_configuration(const std::string& runtime_claims) {
    const auto claims = Json::parse(runtime_claims, nullptr, false);
    if (!claims.is_object() || !claims.contains("vm-configuration") ||
        !claims["vm-configuration"].is_object()) {
        return nullptr;
    }
    auto out = claims["vm-configuration"];
    out.erase("vmUniqueId");
    return out;
}

struct FieldsOf {
    /// Claims that this program has no words for.
    /// Claims that this program has no words for.
    template <class Other>
    Json operator()(const Other&) const {
        return Json::object();
    }

    Json operator()(const SgxClaims& claims) const {
        return {{"tee", "SGX enclave"},
                {"mr_enclave", hex(claims.mr_enclave)},
                {"mr_signer", hex(claims.mr_signer)},
                {"isv_prod_id", claims.isv_prod_id},
                {"isv_svn", claims.isv_svn},
                {"debug", claims.is_debug()},
                {"provision_key", (claims.flags & kSgxProvisionKey) != 0},
                {"attributes", hex(claims.attributes())},
                {"flags", bits(claims.flags)},
                {"xfrm", bits(claims.xfrm)},
                {"misc_select", bits(claims.misc_select)},
                {"cpu_svn", hex(claims.cpu_svn)},
                {"isv_ext_prod_id", hex(claims.isv_ext_prod_id)},
                {"isv_family_id", hex(claims.isv_family_id)},
                {"config_id", hex(claims.config_id)},
                {"config_svn", claims.config_svn},
                {"report_data", hex(claims.report_data)},
                {"has_unknown_fields", claims.has_unknown_fields}};
    }

    Json operator()(const TdxClaims& claims) const {
        Json out{{"tee", "trust domain (TDX)"},
                 {"report_version", claims.service ? "1.5" : "1.0"},
                 {"measurement", to_hex(measurement(Claims{claims}))},
                 {"mr_td", hex(claims.mr_td)}};
        for (std::size_t i = 0; i < claims.rtmr.size(); ++i) {
            out["rtmr" + std::to_string(i)] = hex(claims.rtmr.at(i));
        }
        out.update({{"debug", claims.is_debug()},
                    {"sept_ve_disable", (claims.td_attributes & kTdSeptVeDisable) != 0},
                    {"migratable", (claims.td_attributes & kTdMigratable) != 0},
                    {"td_attributes", bits(claims.td_attributes)},
                    {"xfam", bits(claims.xfam)},
                    {"mr_config_id", hex(claims.mr_config_id)},
                    {"mr_owner", hex(claims.mr_owner)},
                    {"mr_owner_config", hex(claims.mr_owner_config)},
                    {"tee_tcb_svn", hex(claims.tee_tcb_svn)},
                    {"mr_seam", hex(claims.mr_seam)},
                    {"mr_signer_seam", hex(claims.mr_signer_seam)},
                    {"seam_attributes", bits(claims.seam_attributes)}});
        if (claims.service) {
            out["tee_tcb_svn2"] = hex(claims.service->tee_tcb_svn2);
            out["mr_service_td"] = hex(claims.service->mr_service_td);
        }
        out["report_data"] = hex(claims.report_data);
        return out;
    }

    Json operator()(const SnpClaims& claims) const {
        Json out{{"tee", "guest (SEV-SNP)"},
                 {"report_version", claims.version},
                 {"measurement", hex(claims.measurement)},
                 {"debug", claims.is_debug()},
                 {"migration_agent", (claims.policy & kSnpMigrateMa) != 0},
                 {"policy", bits(claims.policy)},
                 {"guest_svn", claims.guest_svn},
                 {"vmpl", claims.vmpl},
                 {"family_id", hex(claims.family_id)},
                 {"image_id", hex(claims.image_id)},
                 {"host_data", hex(claims.host_data)},
                 {"id_key_digest", hex(claims.id_key_digest)},
                 {"author_key_digest", hex(claims.author_key_digest)},
                 {"report_id", hex(claims.report_id)},
                 {"report_id_ma", hex(claims.report_id_ma)},
                 {"smt", (claims.platform_info & kSnpPlatformSmt) != 0},
                 {"platform_info", bits(claims.platform_info)},
                 {"signing_key", claims.signing_key() == SnpSigningKey::kVlek ? "VLEK" : "VCEK"},
                 {"key_info", bits(claims.key_info)},
                 {"reported_tcb", hex(claims.reported_tcb)},
                 {"current_tcb", hex(claims.current_tcb)},
                 {"committed_tcb", hex(claims.committed_tcb)},
                 {"launch_tcb", hex(claims.launch_tcb)},
                 {"current_firmware", version_text(claims.current_version)},
                 {"committed_firmware", version_text(claims.committed_version)},
                 {"chip_id", claims.chip_id.is_zero() ? "masked" : "not shown"}};
        if (claims.cpuid) {
            out["cpu"] = {{"family", claims.cpuid->family},
                          {"model", claims.cpuid->model},
                          {"stepping", claims.cpuid->stepping}};
        }
        if (claims.launch_mitigations) {
            out["launch_mitigations"] = bits(*claims.launch_mitigations);
        }
        if (claims.current_mitigations) {
            out["current_mitigations"] = bits(*claims.current_mitigations);
        }
        out["report_data"] = hex(claims.report_data);
        return out;
    }

    Json operator()(const IasClaims& claims) const {
        auto out = (*this)(claims.enclave);
        out.update({{"quote_status", claims.status_text},
                    {"reported_at", to_utc(claims.issued_at())},
                    {"report_version", claims.version ? Json(*claims.version) : Json(nullptr)},
                    {"nonce", claims.nonce ? Json(*claims.nonce) : Json(nullptr)},
                    {"advisories", claims.advisories},
                    {"linkable", claims.is_linkable},
                    {"epid_group", hex(claims.epid_group)},
                    {"extended_epid_group", claims.extended_epid_group},
                    {"qe_svn", claims.qe_svn},
                    {"pce_svn", claims.pce_svn},
                    {"basename", hex(claims.basename)}});
        return out;
    }

    Json operator()(const NitroClaims& claims) const {
        Json pcrs = Json::object();
        for (std::size_t i = 0; i < claims.pcrs.size(); ++i) {
            if (claims.pcrs.at(i)) {
                pcrs[std::to_string(i)] = hex(*claims.pcrs.at(i));
            }
        }
        return {{"tee", "enclave (AWS Nitro)"},
                {"module_id", claims.module_id},
                {"made_at", to_utc(claims.made_at())},
                {"debug", claims.is_debug()},
                {"pcrs", std::move(pcrs)},
                {"public_key", hex_or_null(claims.public_key)},
                {"user_data", hex_or_null(claims.user_data)},
                {"nonce", hex_or_null(claims.nonce)}};
    }

    Json operator()(const TpmClaims& claims) const {
        return {{"tee", "machine (TPM 2.0)"},
                {"qualified_signer", to_hex(claims.qualified_signer)},
                {"extra_data", to_hex(claims.extra_data)},
                {"clock_ms", claims.clock_ms},
                {"clock_safe", claims.is_clock_safe},
                {"resets", claims.reset_count},
                {"restarts", claims.restart_count},
                {"firmware_version", bits(claims.firmware_version)},
                {"pcr_digest", to_hex(claims.pcr_digest)},
                {"pcrs", pcr_fields(claims.pcrs)}};
    }

    Json operator()(const ParavisorClaims& claims) const {
        return {{"tee", "guest under a paravisor"},
                {"hardware", std::visit(*this, claims.hardware)},
                {"machine", machine_configuration(claims.runtime_claims)},
                {"tpm", (*this)(claims.tpm)}};
    }

    Json operator()(const CcaClaims& claims) const {
        Json components = Json::array();
        for (const auto& one : claims.platform.components) {
            components.push_back(one.type + " " + one.version + " " + to_hex(one.measurement));
        }
        Json extensible = Json::array();
        for (const auto& one : claims.realm.extensible_measurements) {
            extensible.push_back(to_hex(one));
        }
        return {{"tee", "realm (Arm CCA)"},
                {"measurement", hex(claims.realm_digest())},
                {"initial_measurement", to_hex(claims.realm.initial_measurement)},
                {"extensible_measurements", std::move(extensible)},
                {"hash_algorithm", claims.realm.hash_algorithm},
                {"personalization", hex(claims.realm.personalization)},
                {"challenge", hex(claims.realm.challenge)},
                {"platform",
                 {{"profile", claims.platform.profile},
                  {"implementation_id", hex(claims.platform.implementation_id)},
                  {"instance_id", "not shown"},
                  {"configuration", to_hex(claims.platform.configuration)},
                  {"secured", claims.platform.is_secured()},
                  {"debug", claims.platform.is_debug()},
                  {"lifecycle", claims.platform.lifecycle},
                  {"hash_algorithm", claims.platform.hash_algorithm},
                  {"components", std::move(components)}}}};
    }

    Json operator()(const KeystoneClaims& claims) const {
        return {{"tee", "enclave (Keystone)"},
                {"measurement", hex(claims.digest())},
                {"enclave_hash", hex(claims.enclave_hash)},
                {"monitor_hash", hex(claims.monitor_hash)},
                {"data", to_hex(claims.data)}};
    }

    Json operator()(const SimClaims& claims) const {
        return {{"tee", "simulation"},
                {"status", kSimStatus},
                {"mr_enclave", hex(claims.mr_enclave)},
                {"mr_signer", hex(claims.mr_signer)},
                {"isv_prod_id", claims.isv_prod_id},
                {"isv_svn", claims.isv_svn},
                {"debug", claims.is_debug()},
                {"made_at_s", claims.made_at_s},
                {"key", hex(claims.key)},
                {"report_data", hex(claims.report_data)}};
    }
};

std::string_view certification_text(dcap::CertificationType type) {
    switch (type) {
        case dcap::CertificationType::kPlainPpid:
            return "PPID in clear";
        case dcap::CertificationType::kEncryptedPpid2048:
            return "PPID encrypted with RSA-2048";
        case dcap::CertificationType::kEncryptedPpid3072:
            return "PPID encrypted with RSA-3072";
        case dcap::CertificationType::kPckLeaf:
            return "PCK certificate";
        case dcap::CertificationType::kPckChain:
            return "PCK certificate chain";
    }
    return "unknown";
}

/// How many certificates a quote holds, and when the first of them is valid; none of their content.
Json certificates_of(const dcap::Quote& quote) {
    const auto chain = x509::read_pem_chain(text_of(quote.certification_data));
    if (!chain) {
        return {{"count", 0}};
    }
    const auto& leaf = chain.value().front().validity();
    return {{"count", chain.value().size()},
            {"leaf_not_before", to_utc(leaf.not_before)},
            {"leaf_not_after", to_utc(leaf.not_after)}};
}

Result<Json> quote_fields(EvidenceType type, ByteView evidence) {
    BOOST_OUTCOME_TRY(const auto quote, dcap::parse_quote(evidence));
    if ((quote.tee == dcap::Tee::kTdx) != (type == EvidenceType::kTdxDcap)) {
        return make_error_code(Reason::kQuoteBodyInvalid);
    }
    return Json{{"quote_version", quote.version},
                {"attestation_key_type", "ECDSA P-256"},
                {"signed_bytes", quote.signed_bytes.size()},
                {"signature_data_bytes", quote.auth_bytes},
                {"trailing_zero_bytes", quote.trailing_bytes},
                {"qe_id", quote.qe_id.is_zero() ? "zero" : "not shown"},
                {"certification", certification_text(quote.certification_type)},
                {"certificates", certificates_of(quote)},
                {"claims", std::visit(FieldsOf{}, quote.body)},
                {"quoting_enclave", FieldsOf{}(quote.qe_claims)}};
}

Result<Json> snp_fields(EvidenceType, ByteView evidence) {
    BOOST_OUTCOME_TRY(const auto report, snp::parse_report(evidence));
    Json out{{"signature_algorithm", "ECDSA P-384 with SHA-384"}, {"claims", FieldsOf{}(report.claims)}};
    if (const auto product = report.claims.cpuid ? product_of(*report.claims.cpuid) : std::nullopt) {
        out["product"] = product_name(*product);
        out["reported_svns"] = svns(svns_of(report.claims.reported_tcb, *product), *product);
    }
    return out;
}

Result<Json> ias_fields(EvidenceType, ByteView evidence) {
    BOOST_OUTCOME_TRY(const auto parts, ias::read_joined(evidence));
    BOOST_OUTCOME_TRY(const auto claims, ias::parse_report(text_of(parts.report)));
    return Json{{"report_bytes", parts.report.size()},
                {"signature_bytes", parts.signature.size()},
                {"certificate_bytes", parts.certificate.size()},
                {"claims", FieldsOf{}(claims)}};
}

Result<Json> nitro_fields(EvidenceType, ByteView evidence) {
    BOOST_OUTCOME_TRY(const auto document, nitro::parse_document(evidence));
    return Json{{"signature_algorithm", "ECDSA P-384 with SHA-384"},
                {"certificates", document.bundle.size() + 1},
                {"claims", FieldsOf{}(document.claims)}};
}

Result<Json> tpm_fields(EvidenceType, ByteView evidence) {
    BOOST_OUTCOME_TRY(const auto parts, tpm::read_evidence(evidence));
    BOOST_OUTCOME_TRY(auto claims, tpm::parse_attest(parts.attest));
    claims.pcrs = parts.pcrs;
    return Json{{"attest_bytes", parts.attest.size()}, {"claims", FieldsOf{}(claims)}};
}

/// The hardware's report is the one in the blob; a TD's quote is one of its own.
Result<Json> paravisor_fields(EvidenceType, ByteView evidence) {
    BOOST_OUTCOME_TRY(const auto parts, paravisor::read_evidence(evidence));
    BOOST_OUTCOME_TRY(const auto blob, paravisor::parse_hcl_report(parts.hcl_report));
    BOOST_OUTCOME_TRY(auto claims, tpm::parse_attest(parts.tpm.attest));
    claims.pcrs = parts.tpm.pcrs;
    const bool is_td = blob.hardware == paravisor::Hardware::kTdx;
    BOOST_OUTCOME_TRY(auto hardware, is_td ? quote_fields(EvidenceType::kTdxDcap, parts.td_quote)
                                           : snp_fields(EvidenceType::kSnp, blob.hardware_report));
    return Json{{"hcl_report_bytes", parts.hcl_report.size()},
                {"hardware", std::move(hardware)},
                {"machine", machine_configuration(std::string{blob.claims})},
                {"tpm", FieldsOf{}(claims)}};
}

Result<Json> cca_fields(EvidenceType, ByteView evidence) {
    BOOST_OUTCOME_TRY(const auto token, cca::parse_token(evidence));
    return Json{{"claims", FieldsOf{}(token.claims)}};
}

Result<Json> keystone_fields(EvidenceType, ByteView evidence) {
    BOOST_OUTCOME_TRY(const auto report, keystone::parse_report(evidence));
    return Json{{"claims", FieldsOf{}(report.claims)}};
}

Result<Json> sim_fields(EvidenceType, ByteView evidence) {
    BOOST_OUTCOME_TRY(const auto parsed, sim::parse_evidence(evidence));
    return Json{{"hardware", false}, {"claims", FieldsOf{}(parsed.claims)}};
}

struct Row {
    EvidenceType type;
    Result<Json> (*fields)(EvidenceType, ByteView);
};

constexpr auto kRows = std::to_array<Row>({
    {EvidenceType::kSgxDcap, quote_fields},
    {EvidenceType::kTdxDcap, quote_fields},
    {EvidenceType::kSgxIas, ias_fields},
    {EvidenceType::kSnp, snp_fields},
    {EvidenceType::kParavisor, paravisor_fields},
    {EvidenceType::kNitro, nitro_fields},
    {EvidenceType::kCca, cca_fields},
    {EvidenceType::kKeystone, keystone_fields},
    {EvidenceType::kTpm, tpm_fields},
    {EvidenceType::kSimulation, sim_fields},
});

std::string scalar_text(const Json& value) {
    if (value.is_string()) {
        return printable(value.get<std::string>());
    }
    if (value.is_boolean()) {
        return value.get<bool>() ? "yes" : "no";
    }
    if (value.is_null()) {
        return "-";
    }
    if (value.is_array()) {
        std::string out;
        for (const auto& one : value) {
            out.append(out.empty() ? "" : ", ").append(scalar_text(one));
        }
        return out.empty() ? "none" : out;
    }
    return value.dump();
}

void add_lines(const Json& object,
               const std::string& indent,
               std::vector<std::pair<std::string, std::string>>& out) {
    for (const auto& [key, value] : object.items()) {
        std::string name = key;
        std::ranges::replace(name, '_', ' ');
        if (value.is_object()) {
            out.emplace_back(indent + name, "");
            add_lines(value, indent + "  ", out);
        } else {
            out.emplace_back(indent + name, scalar_text(value));
        }
    }
}

std::string_view algorithm_text(SigningAlgorithm algorithm) {
    switch (algorithm) {
        case SigningAlgorithm::kEd25519:
            return "ed25519";
        case SigningAlgorithm::kSr25519:
            return "sr25519";
        case SigningAlgorithm::kSecp256k1:
            return "secp256k1";
        case SigningAlgorithm::kP256:
            return "p256";
    }
    return "unknown";
}

std::string_view form_text(ra_tls::Form form) {
    switch (form) {
        case ra_tls::Form::kDice:
            return "DICE tagged evidence";
        case ra_tls::Form::kCmw:
            return "conceptual message wrapper";
        case ra_tls::Form::kLegacyQuote:
            return "bare quote";
        case ra_tls::Form::kSimulation:
            return "simulated evidence";
    }
    return "unknown";
}

}  // namespace

Json fields_of(const Claims& claims) {
    return std::visit(FieldsOf{}, claims);
}

Json fields_of(const BindingBlock& block) {
    Json out = Json::object();
    const auto add = [&](const char* name, const auto& value) {
        if (value) {
            out[name] = to_hex(value->view());
        }
    };
    if (!block.role.empty()) {
        out["role"] = block.role;
    }
    if (block.signing_key) {
        out["signing_key"] = {{"algorithm", algorithm_text(block.signing_key->algorithm)},
                              {"key", to_hex(block.signing_key->key)}};
    }
    if (block.shielding_key) {
        out["shielding_key"] = {
            {"algorithm", block.shielding_key->algorithm == ShieldingAlgorithm::kRsa ? "rsa" : "x25519"},
            {"key", to_hex(block.shielding_key->key)}};
    }
    add("genesis", block.genesis_hash);
    add("shard", block.shard);
    add("tls_key_sha256", block.tls_key_sha256);
    out["nonce"] = to_hex(block.nonce);
    add("configuration", block.configuration);
    add("channel_binding", block.channel_binding);
    if (block.issued_at) {
        out["issued_at"] = to_utc(*block.issued_at);
    }
    if (!block.previous_measurement.empty()) {
        out["previous_measurement"] = to_hex(block.previous_measurement);
    }
    return out;
}

Json fields_of_certificate(ByteView certificate) {
    Json out = Json::object();
    const auto decoded = x509::Certificate::decode_of_peer(to_bytes(certificate));
    const auto inside = decoded ? ra_tls::read_certificate_evidence(decoded.value())
                                : Result<ra_tls::CertificateEvidence>{decoded.error()};
    if (!inside) {
        return out;
    }
    out["form"] = form_text(inside.value().form);
    out["key_sha256"] = to_hex(sha2_256({decoded.value().public_key_info()}).view());
    if (const auto& dice = inside.value().dice) {
        out["claimed_key_hash"] = to_hex(dice->claims.key_hash);
        if (dice->claims.nonce) {
            out["claimed_nonce"] = to_hex(*dice->claims.nonce);
        }
    }
    return out;
}

Result<Json> decode_fields(EvidenceType type, ByteView evidence) {
    if (evidence.size() > kEvidenceBytesMax) {
        return make_error_code(Reason::kLimitExceeded);
    }
    const auto* row = std::ranges::find(kRows, type, &Row::type);
    if (row == kRows.end()) {
        return make_error_code(Reason::kEvidenceTypeUnsupported);
    }
    return row->fields(type, evidence);
}

std::string to_lines(const Json& object) {
    std::vector<std::pair<std::string, std::string>> lines;
    add_lines(object, "", lines);
    return aligned(lines);
}

}  // namespace redoubt::wallet
