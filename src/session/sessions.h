#pragma once

#include "session/streams.h"
