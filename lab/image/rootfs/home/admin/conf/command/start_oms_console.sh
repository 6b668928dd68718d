#!/bin/bash
exec python -m omsflow.services.console
