#pragma once

#include "session/stream_actor.h"
