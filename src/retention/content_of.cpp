#include "retention/content_of.h"

#include <string_view>

namespace lifeline::retention {

using contract::EventType;

Content content_of(const contract::Event& event) {
    switch (event.type()) {
        case EventType::call_created:
        case EventType::call_participant_added:
        case EventType::call_participant_left:
        case EventType::call_ended:
        case EventType::call_terminal_failure:
            return Content::frame;
        case EventType::call_participant_joined:
            return Content::name;
        case EventType::call_started:
        case EventType::call_connecting:
        case EventType::call_connected:
        case EventType::call_reconnecting:
        case EventType::call_reconnected:
        case EventType::call_deadline_warning:
        case EventType::call_consent_updated:
        case EventType::call_invite_created:
        case EventType::call_invite_redeemed:
        case EventType::call_invite_revoked:
        case EventType::call_participant_connection_changed:
        case EventType::call_quality_reported:
        case EventType::call_recording_available:
        case EventType::call_recording_started:
        case EventType::call_recording_stopped:
        case EventType::call_speech_changed:
        case EventType::call_turn_interrupted:
        case EventType::call_turn_owner_changed:
        case EventType::call_turn_timing:
            return Content::none;
        case EventType::call_summary_ready:
        case EventType::transcript_snapshot_created:
        case EventType::orchestration_intent_detected:
        case EventType::safety_content_flagged:
            return Content::derived;
        default:
            break;
    }
    // By their names, so that money that a newer version wrote stays as well.
    const std::string_view name = event.type_name();
    if (name.starts_with("billing.") || name.starts_with("record.")) return Content::none;
    if (name.starts_with("transcript.")) return Content::speech;
    if (name.starts_with("orchestration.action.") || name.starts_with("orchestration.result.") ||
        name.starts_with("safety."))
        return Content::action;
    return Content::words;
}

}  // namespace lifeline::retention
