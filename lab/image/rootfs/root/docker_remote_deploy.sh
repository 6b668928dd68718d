#!/bin/bash
echo "This is a stand-in for the OMS image: it does not contain the vendor's interactive deployment script." >&2
exit 1
