#pragma once

#include "app/settings.h"

namespace lifeline::app {

// [consent]: of whose calls a person's words are kept only with their consent.
Setting consent_recording();
Setting consent_recording_accounts();

}  // namespace lifeline::app
