"""The public pages, for people without a login: the survey of a class, and reports from a place's QR code.

They write nothing on the host: what somebody sends becomes, in one transaction with the use of his slip, a row that
Houqin wants (:mod:`automations.intents`), and the worker adds it at its next pass. A host that is away loses nothing.
"""
