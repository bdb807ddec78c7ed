/// The fields of quotes, of reports and of a paravisor's blob, in order and without a gap.
#pragma once

#include <attestation/dcap/quote.hpp>
#include <attestation/limits.hpp>
#include <tests/vectors/attestation_flip_support.hpp>

namespace redoubt::attestation::vectors {

inline void add_sgx_body(Layout& to, const std::string& of) {
    to.add(of + "cpu_svn", 16).add(of + "misc_select", 4).add(of + "reserved1", 12);
    to.add(of + "isv_ext_prod_id", 16).add(of + "flags", 8).add(of + "xfrm", 8).add(of + "mr_enclave", 32);
    to.add(of + "reserved2", 32).add(of + "mr_signer", 32).add(of + "reserved3", 32);
    to.add(of + "config_id", 64).add(of + "isv_prod_id", 2).add(of + "isv_svn", 2);
    to.add(of + "config_svn", 2).add(of + "reserved4", 42).add(of + "isv_family_id", 16);
    to.add(of + "report_data_low", 32).add(of + "report_data_high", 32);
}

inline void add_td_body(Layout& to, bool has_service) {
    to.add("tee_tcb_svn", 16).add("mr_seam", 48).add("mr_signer_seam", 48).add("seam_attributes", 8);
    to.add("td_attributes", 8).add("xfam", 8).add("mr_td", 48).add("mr_config_id", 48).add("mr_owner", 48);
    to.add("mr_owner_config", 48).add("rtmr0", 48).add("rtmr1", 48).add("rtmr2", 48).add("rtmr3", 48);
    to.add("report_data", 64);
    if (has_service) {
        to.add("tee_tcb_svn2", 16).add("mr_service_td", 48);
    }
}

/// All fields of a quote up to its certification data.
inline std::vector<Field> quote_fields(const dcap::Quote& quote) {
    Layout out;
    out.add("version", 2).add("key_type", 2).add("tee_type", 4).add("qe_svn", 2).add("pce_svn", 2);
    out.add("vendor", 16).add("qe_id", 16).add("user_data_end", 4);
    if (quote.version == 5) {
        out.add("body_type", 2).add("body_size", 4);
    }
    if (const auto* td = quote.td()) {
        add_td_body(out, td->service.has_value());
    } else {
        add_sgx_body(out, "");
    }
    EXPECT_EQ(out.end(), quote.signed_bytes.size());
    out.add("auth_size", 4).add("signature_r", 32).add("signature_s", 32).add("key_x", 32).add("key_y", 32);
    if (quote.version > 3) {
        out.add("outer_type", 2).add("outer_size", 4);
    }
    add_sgx_body(out, "qe_");
    out.add("qe_signature_r", 32).add("qe_signature_s", 32).add("qe_auth_size", 2);
    out.add("qe_auth", quote.qe_auth.size()).add("certification_type", 2).add("certification_size", 4);
    return out.fields();
}

/// All fields of a quote, and those of its certificates that were not changed before.
template <class IsRefused>
void flip_quote(Flips& flips,
                const std::string& of,
                const std::string& id,
                Bytes& quote,
                const IsRefused& is_refused) {
    const auto original = quote;
    const auto parsed = dcap::parse_quote(original);
    ASSERT_OK(parsed);
    flips.each("quote fields" + of, id, quote, quote_fields(parsed.value()), is_refused);
    const auto chain_at =
        static_cast<std::size_t>(parsed.value().certification_data.data() - original.data());
    flips.each_certificate("certificates of quotes" + of, id, quote, chain_at, is_refused);
    if (parsed.value().trailing_bytes > 0) {
        flips.each("bytes after the quote" + of, id, quote, each_byte(1, quote.size() - 1), is_refused);
    }
}

inline std::vector<Field> snp_report_fields() {
    Layout out;
    out.add("version", 4).add("guest_svn", 4).add("policy", 8).add("family_id", 16).add("image_id", 16);
    out.add("vmpl", 4).add("signature_algorithm", 4).add("current_tcb", 8).add("platform_info", 8);
    out.add("key_info", 4).add("reserved1", 4).add("report_data", 64).add("measurement", 48);
    out.add("host_data", 32).add("id_key_digest", 48).add("author_key_digest", 48).add("report_id", 32);
    out.add("report_id_ma", 32).add("reported_tcb", 8).add("cpuid_family", 1).add("cpuid_model", 1);
    out.add("cpuid_stepping", 1).add("reserved2", 21).add("chip_id", 64).add("committed_tcb", 8);
    out.add("current_version", 3).add("reserved3", 1).add("committed_version", 3).add("reserved4", 1);
    out.add("launch_tcb", 8).add("launch_mitigations", 8).add("current_mitigations", 8);
    out.add("reserved5", 152).add("signature_r", 48).add("signature_r_rest", 24).add("signature_s", 48);
    out.add("signature_s_rest", 24).add("reserved6", 368);
    EXPECT_EQ(out.end(), kSnpReportBytes);
    return out.fields();
}

/// The fields of a TD's own report: its hashes cover the two structures, and its quote repeats its data.
inline std::vector<Field> td_report_fields() {
    std::vector<Field> out{{"type", 0, 1}, {"type_end", 3, 1}};
    Layout data{32};
    data.add("tee_tcb_info_hash", 48).add("tee_info_hash", 48).add("report_data", 64);
    Layout tcb{256};
    tcb.add("valid", 8).add("tee_tcb_svn", 16).add("mr_seam", 48).add("mr_signer_seam", 48);
    tcb.add("seam_attributes", 8).add("tee_tcb_svn2", 16).add("tcb_reserved", 95);
    Layout info{512};
    info.add("td_attributes", 8).add("xfam", 8).add("mr_td", 48).add("mr_config_id", 48).add("mr_owner", 48);
    info.add("mr_owner_config", 48).add("rtmr0", 48).add("rtmr1", 48).add("rtmr2", 48).add("rtmr3", 48);
    info.add("service_td_hash", 48).add("info_reserved", 64);
    EXPECT_EQ(tcb.end(), 495U);
    EXPECT_EQ(info.end(), 1024U);
    for (const auto* more : {&data, &tcb, &info}) {
        out.insert(out.end(), more->fields().begin(), more->fields().end());
    }
    return out;
}

/// What only the CPU that made a TD's report can judge, and what is reserved in it.
inline std::vector<Field> td_report_free_fields() {
    return {{"subtype", 1, 1},      {"version", 2, 1}, {"reserved1", 4, 12},  {"cpu_svn", 16, 16},
            {"reserved2", 192, 32}, {"mac", 224, 32},  {"reserved3", 495, 17}};
}

}  // namespace redoubt::attestation::vectors
