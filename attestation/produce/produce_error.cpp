#include <attestation/produce/produce_error.hpp>

namespace redoubt::attestation::produce {

std::string_view error_domain(ProduceError) {
    return "evidence";
}

std::string_view error_message(ProduceError error) {
    switch (error) {
        case ProduceError::kInterfaceMissing:
            return "there is no interface of the TEE: run inside the TEE that is configured, with a kernel "
                   "that has its driver, and with configfs mounted";
        case ProduceError::kPermission:
            return "the interface of the TEE may not be used: run as the user it belongs to";
        case ProduceError::kWrongProvider:
            return "an unknown TEE answers, or another one than before: configure the kind that runs here";
        case ProduceError::kNoQuotes:
            return "the TEE was set up without DCAP: set sgx.remote_attestation to \"dcap\" in the manifest";
        case ProduceError::kRefused:
            return "the TEE does not take the request: use a kernel and firmware that know it";
        case ProduceError::kProviderFailed:
            return "the driver or firmware of the TEE failed: look at the kernel's log and at the quoting "
                   "service of the host";
        case ProduceError::kTimedOut:
            return "the quoting service did not answer: the host has to run it";
        case ProduceError::kBusy:
            return "the TEE was busy for half a minute: end what else asks it for evidence";
        case ProduceError::kInterfered:
            return "another program wrote to the same entry each time: end it";
        case ProduceError::kShortAnswer:
            return "the TEE answered with less than its format has: look at the kernel's log";
        case ProduceError::kTooLarge:
            return "the TEE answered with more than is taken: shorten the host's table of certificates";
        case ProduceError::kEvidenceMalformed:
            return "what the TEE gave is no evidence of its kind: update kernel, firmware or this program";
        case ProduceError::kReportDataDiffers:
            return "the evidence vouches for something else than was asked: end what else uses the entry";
        case ProduceError::kDebug:
            return "the TEE is in debug mode, in which its host reads its memory: start it without";
        case ProduceError::kNoSealingKey:
            return "this TEE derives no sealing key: give the key that an attested key service released "
                   "(--provided-key)";
        case ProduceError::kKeyUnwanted:
            return "this TEE derives its own sealing key: start without --provided-key";
        case ProduceError::kSystem:
            return "a system call failed: look at the kernel's log";
    }
    return "unknown error of evidence";
}

std::error_code explain(std::error_code error) {
    if (error.category() != std::generic_category()) {
        return error;
    }
    switch (static_cast<std::errc>(error.value())) {
        case std::errc::no_such_file_or_directory:
        case std::errc::no_such_device:
        case std::errc::inappropriate_io_control_operation:
            return ProduceError::kInterfaceMissing;
        case std::errc::permission_denied:
        case std::errc::operation_not_permitted:
        case std::errc::read_only_file_system:
            return ProduceError::kPermission;
        case std::errc::invalid_argument:
        case std::errc::not_supported:
            return ProduceError::kRefused;
        case std::errc::io_error:
        case std::errc::no_such_device_or_address:
        case std::errc::connection_refused:
        case std::errc::connection_reset:
            return ProduceError::kProviderFailed;
        case std::errc::timed_out:
            return ProduceError::kTimedOut;
        case std::errc::device_or_resource_busy:
        case std::errc::resource_unavailable_try_again:
        case std::errc::interrupted:
            return ProduceError::kBusy;
        case std::errc::file_too_large:
        case std::errc::message_size:
            return ProduceError::kTooLarge;
        default:
            return ProduceError::kSystem;
    }
}

}  // namespace redoubt::attestation::produce
